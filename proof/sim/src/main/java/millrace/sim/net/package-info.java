/// Connections between simulated machines, true to TCP and no kinder.
///
/// Within a connection bytes come in order, cut into any segments, after delays with a heavy tail. Between connections there is no
/// order at all: a newer one may overtake an older one. A connection may break after any byte, and either end learns of it in
/// its own time. While a partition lasts bytes wait; when it lasts too long, the connection breaks.
/// Start reading at [SimNetwork].
package millrace.sim.net;
