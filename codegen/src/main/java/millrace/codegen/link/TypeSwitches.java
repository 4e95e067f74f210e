package millrace.codegen.link;

import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.Label;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.reflect.AccessFlag;
import java.util.ArrayList;
import java.util.List;

/// The pattern switches of a class: each call becomes one of a method of its own.
final class TypeSwitches implements CodeTransform {
    private static final String BOOTSTRAPS = "java/lang/runtime/SwitchBootstraps";
    private static final int VALUE = 0;
    private static final int RESTART = 1;

    private final ClassDesc owner;
    private final boolean isInterface;
    private final List<Choice> choices = new ArrayList<>();

    /// @param type `(T value, int restart) int`
    private record Choice(String name, MethodTypeDesc type, List<ClassDesc> labels) {}

    TypeSwitches(ClassModel model) {
        this.owner = model.thisClass().asSymbol();
        this.isInterface = model.flags().has(AccessFlag.INTERFACE);
    }

    /// @return false for other calls, and for switches with constants among their labels
    static boolean canLink(InvokeDynamicInstruction call) {
        return call.name().equalsString("typeSwitch") && call.bootstrapMethod().owner().descriptorString().equals("L" + BOOTSTRAPS + ";")
                && call.bootstrapArgs().stream().allMatch(label -> label instanceof ClassDesc type && !type.isPrimitive());
    }

    @Override public void accept(CodeBuilder code, CodeElement element) {
        if (!(element instanceof InvokeDynamicInstruction call) || !canLink(call)) {
            code.with(element);
            return;
        }
        List<ClassDesc> labels = new ArrayList<>();
        for (ConstantDesc label : call.bootstrapArgs()) labels.add((ClassDesc) label);
        var choice = new Choice("typeSwitch$" + choices.size(), call.typeSymbol(), labels);
        choices.add(choice);
        code.invokestatic(owner, choice.name, choice.type, isInterface);
    }

    void writeMethods(ClassBuilder builder) {
        for (Choice choice : choices) {
            builder.withMethodBody(choice.name, choice.type, ClassFile.ACC_PRIVATE | ClassFile.ACC_STATIC | ClassFile.ACC_SYNTHETIC, code -> write(code, choice.labels));
        }
    }

    /// -1 for null, else the first label from `restart` on that the value is an instance of, else the number of labels.
    private static void write(CodeBuilder code, List<ClassDesc> labels) {
        Label present = code.newLabel();
        code.aload(VALUE).ifnonnull(present).iconst_m1().ireturn().labelBinding(present);
        for (int i = 0; i < labels.size(); i++) {
            Label next = code.newLabel();
            code.iload(RESTART).loadConstant(i).if_icmpgt(next);
            code.aload(VALUE).instanceOf(labels.get(i)).ifeq(next);
            code.loadConstant(i).ireturn().labelBinding(next);
        }
        code.loadConstant(labels.size()).ireturn();
    }
}
