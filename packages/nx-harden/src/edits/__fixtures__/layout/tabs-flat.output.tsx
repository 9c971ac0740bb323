import { Provider } from '@/components/provider';
import { Analytics } from '@vercel/analytics/next';
import { SpeedInsights } from '@vercel/speed-insights/next';

export default function RootLayout({ children }: { children: React.ReactNode }) {
	return (
		<html lang="en">
		<body>
		<Provider>{children}</Provider>
		<Analytics />
		<SpeedInsights />
		</body>
		</html>
	);
}
