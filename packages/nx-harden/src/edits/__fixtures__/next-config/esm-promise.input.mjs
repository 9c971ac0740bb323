const load = async () => ({ trailingSlash: true });

export default load();
