import './bar.css';

/** A value's share of the largest in its list as a bar, shown next to the figure. */
export function Bar({ value, of }: { value: number; of: number }) {
  return (
    <svg className="bar" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden>
      <rect className="bar-ground" width="100" height="6" />
      <rect width={of > 0 ? (100 * value) / of : 0} height="6" />
    </svg>
  );
}
