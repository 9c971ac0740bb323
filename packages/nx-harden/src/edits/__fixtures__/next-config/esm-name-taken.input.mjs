import { withHardening } from './own.mjs';

export default withHardening({ reactStrictMode: true });
