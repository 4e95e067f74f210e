/// The operating system as interfaces. Bound to the real one in `bindings`, to a simulated one in `proof/sim`.
module millrace.ports {
    requires transitive millrace.vocabulary;
    exports millrace.ports;
}
