"use client"
import { useEffect } from "react"

export default function Error({ error: failure, reset }) {
  useEffect(() => {
    console.error(failure)
  }, [failure])

  return <button onClick={() => reset()}>Try again</button>
}
