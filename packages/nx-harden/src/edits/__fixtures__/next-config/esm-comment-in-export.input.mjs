const config = { trailingSlash: true };

export default /* the config */ config /* no more */;
