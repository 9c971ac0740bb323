'use strict';
Object.defineProperty(exports, '__esModule', { value: true });
exports.middleware = middleware;
function middleware() {
  return new Response();
}
