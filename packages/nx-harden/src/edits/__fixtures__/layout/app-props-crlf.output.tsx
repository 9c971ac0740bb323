
import type { AppProps } from 'next/app';
import { Analytics } from '@vercel/analytics/next';
import { SpeedInsights } from '@vercel/speed-insights/next';

export default function App(props: AppProps) {
	return (
		<>
			<props.Component {...props.pageProps} />
			<Analytics />
			<SpeedInsights />
		</>
	);
}
