/* Noise.java -- What a Java service does beside its leak: a constant table, work that keeps nothing.
 *
 * snapshot() collects garbage if asked, prints "snapshot LABEL" and waits for a line on stdin (or
 * its end): whoever runs the program takes the snapshot meanwhile.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Random;

final class Noise {
    private static final Random RANDOM = new Random(2463534242L);
    private static final ByteBuffer[] TABLE = new ByteBuffer[64];
    private static long sum;

    private Noise() {
    }

    static void begin() {
        for (int i = 0; i < TABLE.length; i++) {
            TABLE[i] = ByteBuffer.allocateDirect(100_000);
        }
        work(20_000);
    }

    static void work(int messages) {
        for (int number = 0; number < messages; number++) {
            StringBuilder text = new StringBuilder();
            for (int word = RANDOM.nextInt(20); word >= 0; word--) {
                text.append("word ").append(number);
            }
            sum += text.toString().hashCode();
        }
    }

    static void snapshot(String label) throws IOException {
        snapshot(label, true);
    }

    static void snapshot(String label, boolean collect) throws IOException {
        if (collect) {
            System.gc();
        }
        System.out.println("snapshot " + label);
        System.out.flush();
        int read;
        do {
            read = System.in.read();
        } while (read != -1 && read != '\n');
    }

    static long sum() {
        return sum;
    }
}
