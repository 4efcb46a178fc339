// Nothing but a place for the linker flags of libexplaincore.so: on CExports they would reach the tests as well.
