/** What the worker of layouts is asked, and what it answers with: a list of nodes. */
export interface LayoutAsked {
  ids: string[];
  links: [string, string][];
}

export interface LayoutNode {
  id: string;
  x: number;
  y: number;
}
