package example.heron;

/** A ring buffer for samples of the paper sensor. Not thread-safe. */
public final class RingBuffer {
    /** Must be a power of two. */
    private static final int SIZE = 2048;

    private final int[] samples = new int[SIZE];

    /** Overwrites the oldest sample when the buffer is full. */
    public void addSample(int value) {
        samples[head++ & (SIZE - 1)] = value;
    }

    private int head;
}
