/// Build time only: message schemas in, Java records and codecs out; packaged classes in, the same without what is linked when it is first run out.
module millrace.codegen {
    requires tools.jackson.core;
    requires tools.jackson.databind;

    exports millrace.codegen;
    exports millrace.codegen.link;
}
