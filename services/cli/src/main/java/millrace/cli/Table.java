package millrace.cli;

import java.util.ArrayList;
import java.util.List;

/// Columns as wide as their widest cell, two spaces between them; numbers stand right.
final class Table {
    private final List<List<String>> rows = new ArrayList<>();

    Table(String... headings) {
        rows.add(List.of(headings));
    }

    /// @param cells one for each heading; null shows as `-`
    Table row(Object... cells) {
        List<String> row = new ArrayList<>();
        for (Object cell : cells) row.add(cell == null || cell.equals("") ? "-" : cell.toString());
        rows.add(row);
        return this;
    }

    @Override public String toString() {
        int columns = rows.getFirst().size();
        int[] widths = new int[columns];
        boolean[] numeric = new boolean[columns];
        for (int column = 0; column < columns; column++) {
            numeric[column] = rows.size() > 1;
            for (List<String> row : rows) widths[column] = Math.max(widths[column], row.get(column).length());
            for (List<String> row : rows.subList(1, rows.size())) numeric[column] &= row.get(column).matches("-|-?[0-9]+");
        }
        StringBuilder text = new StringBuilder();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < columns; column++) {
                String padding = " ".repeat(widths[column] - row.get(column).length());
                line.append(numeric[column] ? padding + row.get(column) : row.get(column) + padding).append("  ");
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }
}
