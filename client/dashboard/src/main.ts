import { Dashboard } from './dashboard.ts';
import { applyKeptTheme } from './page/theme.ts';

applyKeptTheme();
new Dashboard().start();
