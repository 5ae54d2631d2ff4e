import { Link } from '@tanstack/react-router';
import { Empty } from '../parts/panel.tsx';

export function NoSuchPage() {
  return (
    <div className="page">
      <h1>Page not found</h1>
      <Empty>
        There is no page at this address. <Link to="/">Go to Now</Link>, or press Ctrl-K to find a page.
      </Empty>
    </div>
  );
}
