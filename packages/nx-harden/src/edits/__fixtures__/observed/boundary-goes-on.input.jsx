'use client'

export default function Failed({ error = new Error('unknown') }) {
  [error].forEach((one) => console.error(one))
  return <p>{error.message}</p>
}
