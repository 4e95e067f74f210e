package millrace.laws;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeElement;
import java.lang.classfile.MethodModel;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.LineNumber;
import java.lang.constant.ConstantDesc;
import java.lang.constant.DirectMethodHandleDesc;
import java.util.ArrayList;
import java.util.List;

/// Reads a class file and lists what its code touches: calls, field accesses, and method references (`System::nanoTime`), which
/// are no calls in the byte code but handles given to `invokedynamic`.
final class Uses {
    private Uses() {}

    static List<Use> in(byte[] classFile) {
        ClassModel model = ClassFile.of().parse(classFile);
        List<Use> found = new ArrayList<>();
        for (MethodModel method : model.methods()) {
            String where = model.thisClass().asInternalName().replace('/', '.') + "." + method.methodName().stringValue();
            method.code().ifPresent(code -> collect(where, code, found));
        }
        return found;
    }

    private static void collect(String where, Iterable<CodeElement> code, List<Use> found) {
        int line = 0;
        for (CodeElement element : code) {
            String place = where + ":" + line;
            switch (element) {
                case LineNumber number -> line = number.line();
                case InvokeInstruction call -> found.add(new Use(place, call.owner().asInternalName(), call.name().stringValue(), call.type().stringValue()));
                case FieldInstruction field -> found.add(new Use(place, field.owner().asInternalName(), field.name().stringValue(), field.type().stringValue()));
                case InvokeDynamicInstruction dynamic -> {
                    for (ConstantDesc argument : dynamic.bootstrapArgs()) {
                        if (argument instanceof DirectMethodHandleDesc handle) {
                            String descriptor = handle.owner().descriptorString();
                            String owner = descriptor.startsWith("L") ? descriptor.substring(1, descriptor.length() - 1) : descriptor;
                            found.add(new Use(place, owner, handle.methodName(), handle.lookupDescriptor()));
                        }
                    }
                }
                default -> { }
            }
        }
    }
}
