package millrace.compat.client;

import java.util.ArrayList;
import java.util.List;

/// Runs the main method of a class several times in one JVM, since starting it takes longer than its work. Arguments: the class, then those
/// of each run behind a `+`.
public final class ManyRuns {
    private ManyRuns() {}

    public static void main(String[] args) throws Exception {
        List<List<String>> runs = new ArrayList<>();
        for (int i = 1; i < args.length; i++) {
            if (args[i].equals("+")) runs.add(new ArrayList<>());
            else runs.get(runs.size() - 1).add(args[i]);
        }
        for (List<String> run : runs) Class.forName(args[0]).getMethod("main", String[].class).invoke(null, (Object) run.toArray(new String[0]));
    }
}
