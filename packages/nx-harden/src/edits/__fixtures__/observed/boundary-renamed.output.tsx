"use client"
import { useEffect } from "react"
import { useReportedError } from "../hardening/sentry-error"

export default function Error({ error: failure, reset }) {
  useReportedError(failure)
  useEffect(() => {
    console.error(failure)
  }, [failure])

  return <button onClick={() => reset()}>Try again</button>
}
