/**
 * Code for a page: rows of five texts in `#rows`, and `update(number)`, which replaces all of them.
 */
export const plainRows = (rows: number, updates: number): string => `{
  const format = new Intl.NumberFormat('en-GB', { maximumSignificantDigits: 3 });
  const textsAt = update => Array.from({ length: ${rows} }, (_, index) => [
    'Policy ' + index,
    format.format(((index * 7919 + update * 104729) % 1000000) / 1000) + ' Mbit/s',
    format.format(index + update / 1000) + ' MB',
    String(index * 1000 + update),
    String((index + update) % 500),
  ]);
  const table = document.createElement('table');
  const cells = textsAt(0).map(texts => {
    const row = table.insertRow();
    return texts.map(text => row.insertCell().appendChild(document.createTextNode(text)));
  });
  document.getElementById('rows').append(table);
  // The texts are made in advance, so that only writing them is measured.
  const prepared = Array.from({ length: ${updates} }, (_, update) => textsAt(update + 1));
  window.update = update => {
    for (const [index, row] of cells.entries()) {
      for (const [column, cell] of row.entries()) cell.data = prepared[update][index][column];
    }
  };
}`;
