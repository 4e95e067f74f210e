/// Build time only: message schemas in, Java records and codecs out.
module millrace.codegen {
    requires tools.jackson.core;
    requires tools.jackson.databind;

    exports millrace.codegen;
    exports millrace.codegen.link;
}
