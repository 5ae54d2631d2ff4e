import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { parseSearch, type Search, stringifySearch } from '../address/search.ts';
import { PAGES } from '../pages/pages.ts';
import { Frame } from './frame.tsx';
import { NoSuchPage } from './no-such-page.tsx';
import { PageFailed } from './page-failed.tsx';

/**
 * The console's addresses: a route for each path of a page. The code of a page is loaded when it is
 * opened.
 */
export function makeRouter() {
  const root = createRootRoute({
    component: Frame,
    notFoundComponent: NoSuchPage,
    validateSearch: (search: Record<string, unknown>) => search as Search,
  });
  const routes = PAGES.flatMap(({ paths, load }) =>
    paths.map(path =>
      createRoute({ getParentRoute: () => root, path, component: lazyRouteComponent(load, 'Page') }),
    ),
  );
  return createRouter({
    routeTree: root.addChildren(routes),
    parseSearch,
    stringifySearch,
    defaultPreload: 'intent',
    defaultErrorComponent: PageFailed,
    scrollRestoration: true,
  });
}

/** Starts to load the code of the page at an address. If that fails, the page itself reports it. */
export function preloadPage(pathname: string): void {
  const page = PAGES.find(({ paths: [first] }) =>
    first === '/' ? pathname === '/' : `${pathname}/`.startsWith(`${first}/`),
  );
  page?.load().catch(() => {});
}
