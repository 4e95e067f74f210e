/// Links at build time what javac leaves to the first run.
///
/// Why: a pattern switch and the `equals` and `hashCode` of a record are `invokedynamic` instructions. The JDK makes a class for each when it is first come to, on the way of
/// the start and of a node's first requests: 2 to 20 ms each, 150 ms in all, and the AOT cache cannot keep them (JEP 483 keeps lambdas and string
/// concatenation). Here they become ordinary code in the packaged jars; the sources stay as they are, and so do the classes that unit tests run.
///
///     typeSwitch(value, restart)       a private static method, `instanceof` after `instanceof`
///     equals(other), hashCode()        component by component, with the very results of [java.lang.runtime.ObjectMethods]
///     toString()                       left alone: it is for people, and later
///
/// Invariants: a class has the same results before and after; a class without such instructions keeps its bytes; whatever is not understood (a label that is no class) is left alone.
/// To do it twice changes nothing. Start reading at [LinkAhead].
///
/// Sources: the Javadoc of [java.lang.runtime.SwitchBootstraps] and [java.lang.runtime.ObjectMethods]; [java.lang.classfile] (JEP 484).
package millrace.codegen.link;
