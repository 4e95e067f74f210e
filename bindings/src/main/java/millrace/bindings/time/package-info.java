/// Time and chance as the machine has them.
///
/// Why here: no other module may ask the machine; they are given a [millrace.ports.Clock] and a [millrace.ports.Randomness].
package millrace.bindings.time;
