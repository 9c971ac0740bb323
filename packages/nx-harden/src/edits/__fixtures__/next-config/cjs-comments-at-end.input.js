module.exports = {
  trailingSlash: true, // keep
}; // the end

// module.exports = { old: true };
/* last */
