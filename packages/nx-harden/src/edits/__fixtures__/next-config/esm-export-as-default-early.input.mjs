export { config as default, other };

const config = { trailingSlash: true };
const other = 1;
