import { Button } from './button.tsx';

export interface MoreProps {
  list: { hasMore: boolean; isLoading: boolean; loadMore(): void };
}

/** A button below a list that is not completely loaded. */
export function More({ list: { hasMore, isLoading, loadMore } }: MoreProps) {
  if (!hasMore) return null;
  return (
    <div className="more">
      <Button isPending={isLoading} onPress={loadMore}>
        Load more
      </Button>
    </div>
  );
}
