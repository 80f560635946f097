/* CleanCompile.java -- The JIT compiler is at work during the second snapshot: nothing grows.
 *
 * The compilers of HotSpot take megabytes for a large method, and return them afterwards.
 *
 * set: JDK_JAVA_OPTIONS=-Xms96m -Xmx96m -XX:+AlwaysPreTouch -XX:+UseSerialGC -XX:+PreserveFramePointer
 * expect: kind=none|retention
 *
 * SPDX-License-Identifier: Apache-2.0
 */
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;
import javax.tools.ToolProvider;

public final class CleanCompile {
    private static final int FORMULAS = 12;

    /* As large as the compiler takes: 8,000 bytes of code. */
    private static String source(int number) {
        StringBuilder text = new StringBuilder("public final class Formula" + number
            + " implements java.util.function.IntUnaryOperator {\n"
            + "int[] table = new int[64];\npublic int applyAsInt(int x) {\nint a = x, b = 1, c = 2;\n");
        for (int line = 0; line < 130; line++) {
            text.append("for (int i = 0; i < (x & 3); i++) { table[(a + i) & 63] += b * ")
                .append(line * 7 + number).append("; a ^= table[(c + i) & 63]; c += a; }\n");
        }
        return text.append("return a + b + c; } }\n").toString();
    }

    private static List<IntUnaryOperator> build() throws Exception {
        Path folder = Files.createTempDirectory("heapdiff-formulas.");
        List<IntUnaryOperator> formulas = new ArrayList<>();
        List<String> words = new ArrayList<>(List.of("-d", folder.toString()));
        for (int number = 0; number < FORMULAS; number++) {
            Path file = folder.resolve("Formula" + number + ".java");
            Files.writeString(file, source(number));
            words.add(file.toString());
        }
        ToolProvider.getSystemJavaCompiler().run(null, null, null, words.toArray(new String[0]));
        try (java.net.URLClassLoader loader = new java.net.URLClassLoader(
                 new java.net.URL[] {folder.toUri().toURL()})) {
            for (int number = 0; number < FORMULAS; number++) {
                formulas.add((IntUnaryOperator) loader.loadClass("Formula" + number)
                    .getDeclaredConstructor().newInstance());
            }
        }
        try (java.util.stream.Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
        return formulas;
    }

    private static long run(List<IntUnaryOperator> formulas, int times) {
        long sum = 0;
        for (int number = 0; number < times; number++) {
            for (IntUnaryOperator formula : formulas) {
                sum += formula.applyAsInt(number);
            }
        }
        return sum;
    }

    public static void main(String[] arguments) throws Exception {
        Noise.begin();
        List<IntUnaryOperator> formulas = build();
        long sum = run(formulas, 10);
        Noise.snapshot("steady");
        sum += run(formulas, 6000);
        Noise.snapshot("loaded");
        System.out.println(sum + ", " + Noise.sum());
        System.exit(0);
    }
}
