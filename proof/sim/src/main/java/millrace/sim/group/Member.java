package millrace.sim.group;

import java.util.TreeSet;

/// Somebody who is a member of a group now and then.
interface Member {
    void begin();

    /// From now on it stays and behaves.
    void settle();

    boolean isStable();

    /// @return what it believes to own
    TreeSet<Integer> owned();

    /// Nothing of it runs for a while; then it goes on as if nothing had been: a zombie.
    void hang();

    /// The process ends without a word; another one comes.
    void die();

    void leave();
}
