package org.maftia.simulator;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.MethodModel;
import java.lang.classfile.MethodTransform;
import java.lang.classfile.Opcode;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.ArrayList;
import java.util.List;
import org.maftia.simulator.PlantedBug.Edit;

/**
 * Loads the production code and the simulator anew, with the edits of one planted bug in the byte code. Nothing else is
 * changed, and no other test sees it.
 */
final class Mutant extends ClassLoader {
    private final List<Edit> edits;
    private final List<Edit> unused;

    Mutant(List<Edit> edits) {
        super(Mutant.class.getClassLoader());
        this.edits = edits;
        this.unused = new ArrayList<>(edits);
    }

    /** Edits that changed nothing so far: their class was not loaded, or has no such place any more. */
    List<Edit> unused() {
        return unused;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        synchronized (getClassLoadingLock(name)) {
            if (!name.startsWith("org.maftia.")) {
                return super.loadClass(name, resolve);
            }
            Class<?> loaded = findLoadedClass(name);
            return loaded != null ? loaded : define(name);
        }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
        String path = name.replace('.', '/') + ".class";
        try (InputStream in = getParent().getResourceAsStream(path)) {
            if (in == null) {
                throw new ClassNotFoundException(name);
            }
            byte[] bytes = in.readAllBytes();
            for (Edit edit : edits) {
                if (edit.type().equals(name)) {
                    bytes = edited(bytes, edit);
                }
            }
            return defineClass(name, bytes, 0, bytes.length);
        } catch (IOException e) {
            throw new ClassNotFoundException(name, e);
        }
    }

    private byte[] edited(byte[] bytes, Edit edit) {
        ClassFile classFile = ClassFile.of();
        return classFile.transformClass(
                classFile.parse(bytes),
                ClassTransform.transformingMethods(
                        method -> method.methodName().equalsString(edit.method()), edited(edit)));
    }

    private MethodTransform edited(Edit edit) {
        if (edit.kind().equals("body")) {
            return (builder, element) -> {
                if (element instanceof java.lang.classfile.CodeModel code) {
                    MethodModel method = code.parent().orElseThrow();
                    unused.remove(edit);
                    builder.withCode(body -> {
                        ClassDesc type = method.methodTypeSymbol().returnType();
                        constant(body, edit.becomes(), type);
                        body.return_(TypeKind.from(type));
                    });
                } else {
                    builder.with(element);
                }
            };
        }
        if (edit.kind().equals("begin")) {
            return (builder, element) -> {
                if (element instanceof java.lang.classfile.CodeModel code) {
                    unused.remove(edit);
                    builder.transformCode(code, beginning(code.parent().orElseThrow(), edit.becomes()));
                } else {
                    builder.with(element);
                }
            };
        }
        return MethodTransform.transformingCode(instructions(edit));
    }

    /** First of all the method hands its argument, an object, to another one of its type. */
    private static CodeTransform beginning(MethodModel method, String other) {
        ClassDesc type = method.parent().orElseThrow().thisClass().asSymbol();
        return new CodeTransform() {
            @Override
            public void atStart(CodeBuilder builder) {
                builder.aload(0).aload(1).invokevirtual(type, other, method.methodTypeSymbol());
            }

            @Override
            public void accept(CodeBuilder builder, CodeElement element) {
                builder.with(element);
            }
        };
    }

    private CodeTransform instructions(Edit edit) {
        return (builder, element) -> {
            if (edit.kind().equals("call") && isCall(element, edit) && element instanceof InvokeInstruction call) {
                unused.remove(edit);
                replaceCall(builder, call, edit.becomes());
            } else if (edit.kind().equals("field")
                    && element instanceof FieldInstruction read
                    && read.opcode() == Opcode.GETFIELD
                    && read.name().equalsString(edit.target())) {
                unused.remove(edit);
                builder.pop();
                constant(builder, edit.becomes(), read.typeSymbol());
            } else {
                builder.with(element);
            }
        };
    }

    private static boolean isCall(CodeElement element, Edit edit) {
        return element instanceof InvokeInstruction call && call.name().equalsString(edit.target());
    }

    private static void replaceCall(CodeBuilder builder, InvokeInstruction call, String becomes) {
        MethodTypeDesc type = call.typeSymbol();
        if (becomes.equals("first")) {
            builder.pop2();
        } else if (becomes.equals("second")) {
            // Of two long arguments the first stays below the second: exchange them, then drop the first.
            builder.dup2_x2().pop2().pop2();
        } else if (List.of("true", "false", "null", "nothing", "zero").contains(becomes)) {
            for (int i = type.parameterCount() - 1; i >= 0; i--) {
                discard(builder, type.parameterType(i));
            }
            if (call.opcode() != Opcode.INVOKESTATIC) {
                builder.pop();
            }
            constant(builder, becomes, type.returnType());
        } else {
            builder.invoke(call.opcode(), call.owner().asSymbol(), becomes, type, call.isInterface());
        }
    }

    private static void discard(CodeBuilder builder, ClassDesc type) {
        if (TypeKind.from(type).slotSize() == 2) {
            builder.pop2();
        } else {
            builder.pop();
        }
    }

    private static void constant(CodeBuilder builder, String value, ClassDesc type) {
        if (type.equals(ConstantDescs.CD_void)) {
            return;
        }
        switch (value) {
            case "true" -> builder.iconst_1();
            case "false" -> builder.iconst_0();
            case "zero" -> builder.lconst_0();
            case "null", "nothing" -> builder.aconst_null();
            default ->
                // A constant of the type itself, such as a value of an enum or an empty set.
                builder.getstatic(type, value, type);
        }
    }
}
