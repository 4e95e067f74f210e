package millrace.codegen.link;

import java.lang.classfile.Attributes;
import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.MethodModel;
import java.lang.classfile.TypeKind;
import java.lang.classfile.attribute.RecordComponentInfo;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.List;
import java.util.Set;

/// `equals` and `hashCode` of a record that does not write its own.
final class RecordMethods {
    private static final String BOOTSTRAPS = "Ljava/lang/runtime/ObjectMethods;";
    private static final Set<String> NAMES = Set.of("equals", "hashCode");
    private static final ClassDesc OBJECTS = ClassDesc.of("java.util.Objects");
    private static final int THIS = 0;
    private static final int OTHER = 1;
    private static final int OTHER_RECORD = 2;

    private final ClassDesc owner;
    private final List<RecordComponentInfo> components;

    RecordMethods(ClassModel model) {
        this.owner = model.thisClass().asSymbol();
        this.components = model.findAttribute(Attributes.record()).map(record -> record.components()).orElse(List.of());
    }

    static boolean isDerived(MethodModel method) {
        return NAMES.contains(method.methodName().stringValue()) && method.code().isPresent() && method.code().get().elementStream()
                .anyMatch(element -> element instanceof InvokeDynamicInstruction call && call.bootstrapMethod().owner().descriptorString().equals(BOOTSTRAPS));
    }

    void write(ClassBuilder builder, MethodModel method) {
        builder.withMethodBody(method.methodName(), method.methodType(), method.flags().flagsMask(),
                method.methodName().equalsString("equals") ? this::writeEquals : this::writeHashCode);
    }

    private void writeEquals(CodeBuilder code) {
        Label differs = code.newLabel();
        Label another = code.newLabel();
        Label isOfThisClass = code.newLabel();
        code.aload(THIS).aload(OTHER).if_acmpne(another).iconst_1().ireturn().labelBinding(another);
        code.aload(OTHER).instanceOf(owner).ifne(isOfThisClass).iconst_0().ireturn().labelBinding(isOfThisClass);
        code.aload(OTHER).checkcast(owner).astore(OTHER_RECORD);
        for (RecordComponentInfo component : components) {
            load(code, THIS, component);
            load(code, OTHER_RECORD, component);
            leaveUnlessEqual(code, component.descriptorSymbol(), differs);
        }
        code.iconst_1().ireturn();
        if (!components.isEmpty()) code.labelBinding(differs).iconst_0().ireturn();
    }

    /// As the JDK does: `==` for whole numbers, the wrapper's `compare` for others, [java.util.Objects#equals] for references.
    private static void leaveUnlessEqual(CodeBuilder code, ClassDesc type, Label differs) {
        switch (TypeKind.from(type)) {
            case LONG -> code.lcmp().ifne(differs);
            case FLOAT -> code.invokestatic(ConstantDescs.CD_Float, "compare", MethodTypeDesc.of(ConstantDescs.CD_int, type, type)).ifne(differs);
            case DOUBLE -> code.invokestatic(ConstantDescs.CD_Double, "compare", MethodTypeDesc.of(ConstantDescs.CD_int, type, type)).ifne(differs);
            case REFERENCE -> code.invokestatic(OBJECTS, "equals", MethodTypeDesc.of(ConstantDescs.CD_boolean, ConstantDescs.CD_Object, ConstantDescs.CD_Object)).ifeq(differs);
            default -> code.if_icmpne(differs);
        }
    }

    /// `31 * (31 * a + b) + c`, each by its wrapper's or [java.util.Objects]' `hashCode`.
    private void writeHashCode(CodeBuilder code) {
        code.iconst_0();
        for (RecordComponentInfo component : components) {
            code.bipush(31).imul();
            load(code, THIS, component);
            ClassDesc type = component.descriptorSymbol();
            if (type.isPrimitive()) code.invokestatic(wrapper(type), "hashCode", MethodTypeDesc.of(ConstantDescs.CD_int, type));
            else code.invokestatic(OBJECTS, "hashCode", MethodTypeDesc.of(ConstantDescs.CD_int, ConstantDescs.CD_Object));
            code.iadd();
        }
        code.ireturn();
    }

    private void load(CodeBuilder code, int local, RecordComponentInfo component) {
        code.aload(local).getfield(owner, component.name().stringValue(), component.descriptorSymbol());
    }

    private static ClassDesc wrapper(ClassDesc primitive) {
        return switch (primitive.descriptorString()) {
            case "Z" -> ConstantDescs.CD_Boolean;
            case "B" -> ConstantDescs.CD_Byte;
            case "S" -> ConstantDescs.CD_Short;
            case "C" -> ConstantDescs.CD_Character;
            case "I" -> ConstantDescs.CD_Integer;
            case "J" -> ConstantDescs.CD_Long;
            case "F" -> ConstantDescs.CD_Float;
            case "D" -> ConstantDescs.CD_Double;
            default -> throw new IllegalArgumentException(primitive + " is no primitive type");
        };
    }
}
