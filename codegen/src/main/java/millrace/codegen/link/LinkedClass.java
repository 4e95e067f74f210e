package millrace.codegen.link;

import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassElement;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.MethodModel;
import java.lang.classfile.MethodTransform;
import java.lang.classfile.instruction.InvokeDynamicInstruction;

/// A class file in, the same class without the instructions that are linked when they are first run out.
final class LinkedClass {
    private final ClassFile classFile;

    LinkedClass(ClassFile classFile) {
        this.classFile = classFile;
    }

    /// @return `bytes` themselves when there is nothing to link
    byte[] link(byte[] bytes) {
        ClassModel model = classFile.parse(bytes);
        if (model.methods().stream().noneMatch(LinkedClass::isForUs)) return bytes;
        return classFile.transformClass(model, new Linking(new TypeSwitches(model), new RecordMethods(model)));
    }

    private static boolean isForUs(MethodModel method) {
        return RecordMethods.isDerived(method) || hasTypeSwitch(method);
    }

    private static boolean hasTypeSwitch(MethodModel method) {
        return method.code().stream().flatMap(code -> code.elementStream()).anyMatch(element -> element instanceof InvokeDynamicInstruction call && TypeSwitches.canLink(call));
    }

    private record Linking(TypeSwitches switches, RecordMethods records) implements ClassTransform {
        @Override public void accept(ClassBuilder builder, ClassElement element) {
            if (!(element instanceof MethodModel method)) builder.with(element);
            else if (RecordMethods.isDerived(method)) records.write(builder, method);
            else if (hasTypeSwitch(method)) builder.transformMethod(method, MethodTransform.transformingCode(switches));
            else builder.with(method);
        }

        @Override public void atEnd(ClassBuilder builder) {
            switches.writeMethods(builder);
        }
    }
}
