export function middleware( {
