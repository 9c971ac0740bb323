import { Provider } from 'react-redux';
import { wrapper } from '../store';
import { Analytics } from '@vercel/analytics/next';
import { SpeedInsights } from '@vercel/speed-insights/next';

export default function App({ Component, ...rest }) {
    const { store, props } = wrapper.useWrappedStore(rest);
    return (
        <>
            <Provider store={store}>
                <Component {...props.pageProps} />
            </Provider>
            <Analytics />
            <SpeedInsights />
        </>
    );
}
