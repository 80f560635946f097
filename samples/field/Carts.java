/* Carts.java -- Carts on the Java heap that nobody empties; in the twin, the oldest expire.
 *
 * Five snapshots. The heap may grow to 160 MB; garbage that fills it up is no leak.
 *
 * set: JDK_JAVA_OPTIONS=-Xms16m -Xmx160m -XX:+UseSerialGC -XX:+PreserveFramePointer
 * expect: kind=js-heap
 * twin: clean
 * expect-clean: kind=none|retention gate=passed
 *
 * SPDX-License-Identifier: Apache-2.0
 */
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

public final class Carts {
    private static final int LIMIT = 500;
    private static final Deque<byte[][]> OPEN = new ArrayDeque<>();

    private static byte[][] openCart(int number) {
        byte[][] cart = new byte[20][];
        for (int item = 0; item < cart.length; item++) {
            cart[item] = new byte[900 + number % 100];
        }
        return cart;
    }

    private static void serve(int step) {
        for (int number = 0; number < 1200; number++) {
            OPEN.add(openCart(number));
            if (Flight.CLEAN && OPEN.size() > LIMIT) {
                OPEN.remove();
            }
            Noise.work(5);
        }
    }

    public static void main(String[] arguments) throws IOException {
        Flight.series(5, true, Carts::serve);
        System.out.println(OPEN.size() + " open, " + Noise.sum());
    }
}
