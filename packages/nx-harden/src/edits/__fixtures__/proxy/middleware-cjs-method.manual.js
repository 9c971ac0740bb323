module.exports = {
  middleware(request) {
    return Response.redirect(request.url);
  },
};
