/// What a broker sees of the metadata quorum: a feed of images, and a link to the controller.
module millrace.feed {
    requires transitive millrace.cores;
    requires transitive millrace.wire;

    exports millrace.feed;
}
