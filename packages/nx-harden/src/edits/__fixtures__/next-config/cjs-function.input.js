module.exports = (phase, { defaultConfig }) => {
  return { ...(phase ? {} : defaultConfig), reactStrictMode: true };
};
