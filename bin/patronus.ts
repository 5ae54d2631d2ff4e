import { makeApp } from '../lib/patronus-app.ts';

// The app writes itself out when the process ends.
makeApp();
