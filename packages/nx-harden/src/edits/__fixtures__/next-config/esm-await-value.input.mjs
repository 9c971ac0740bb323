const load = async () => ({ trailingSlash: true });

export default await load();
