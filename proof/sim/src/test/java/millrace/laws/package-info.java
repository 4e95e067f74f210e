/// The laws of the house, checked on the compiled classes of every module that is on the class path.
///
/// Why: a core that reads a clock, or iterates over a set whose order is salted at every start, still passes its tests; only its seed
/// no longer brings the same story back. So the build refuses the call, not the symptom.
/// Start reading at [LawTest]; [Laws] is the list of bans.
package millrace.laws;
