import { Link } from '@tanstack/react-router';
import { useOfferedPages } from './use-offered-pages.ts';

export function Navigation() {
  const pages = useOfferedPages();
  return (
    <nav className="navigation" aria-label="Pages">
      <span className="brand">Patronus</span>
      <ul>
        {pages.map(({ paths: [path], title, icon: Icon, key }) => (
          <li key={path}>
            <Link
              to={path}
              aria-keyshortcuts={`g ${key}`}
              title={`${title} (G ${key.toUpperCase()})`}
              activeOptions={{ exact: path === '/', includeSearch: false }}
              activeProps={{ className: 'active' }}
            >
              <Icon size={16} aria-hidden />
              {title}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
