module.exports = {};
module.exports.middleware = () => new Response();
