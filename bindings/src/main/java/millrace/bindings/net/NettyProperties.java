package millrace.bindings.net;

/// What Netty, and the JDK for it, read from system properties when its classes are loaded. It must be there before the first of them is.
///
/// Each line spares time at start, memory, or a warning; who sets one on the command line keeps it.
final class NettyProperties {
    private NettyProperties() {
    }

    static void setUnlessGiven() {
        set("io.netty.noUnsafe", "true");                       // the JDK warns of it, and will forbid it; the launcher, which picks the JDK, allows it
        set("io.netty.leakDetection.level", "disabled");        // wraps buffers to find leaks; for tests, switched on there
        set("io.netty.machineId", "00:00:00:00:00:00:00:01");   // else it goes through the network interfaces, for ids we do not use
        set("io.netty.processId", "1");
        set("io.netty.jfr.enabled", "false");                   // events that nobody records, and forty classes for them
        set("io.netty.allocator.type", "unpooled");             // of channels without one of their own, which ours have; the default loads a third allocator
        // Netty opens one of the JDK's selectors, and the JDK opens every jar of the class path to see whether it brings one: 60 ms.
        if (System.getProperty("os.name").equals("Linux")) set("java.nio.channels.spi.SelectorProvider", "sun.nio.ch.EPollSelectorProvider");
        set("io.netty.recycler.maxCapacityPerThread", "256");
        set("io.netty.allocator.maxCachedBufferCapacity", "65536");
    }

    private static void set(String name, String value) {
        if (System.getProperty(name) == null) System.setProperty(name, value);
    }
}
