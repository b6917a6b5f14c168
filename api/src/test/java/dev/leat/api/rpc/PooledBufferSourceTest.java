package dev.leat.api.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class PooledBufferSourceTest {

  @Test
  void shouldUseReleasedBuffersAgain() {
    PooledBufferSource source = PooledBufferSource.direct(1 << 20);
    ReleasableBuffer first = source.allocate(10_000);
    ByteBuffer memory = first.buffer();
    first.retain();

    first.release();
    assertThat(source.unusedBytes()).isZero();
    first.release();

    assertThat(source.unusedBytes()).isEqualTo(16 * 1024);
    ReleasableBuffer second = source.allocate(9_000);
    assertThat(second.buffer()).isSameAs(memory);
    assertThat(second.buffer().limit()).isEqualTo(9_000);
  }

  @Test
  void shouldKeepNoMoreThanItsBound() {
    PooledBufferSource source = PooledBufferSource.heap(20_000);
    ReleasableBuffer one = source.allocate(16_384);
    ReleasableBuffer two = source.allocate(16_384);

    one.release();
    two.release();

    assertThat(source.unusedBytes()).isEqualTo(16_384);
  }

  @Test
  void shouldRefuseToReleaseTwice() {
    ReleasableBuffer buffer = PooledBufferSource.heap(0).allocate(0);
    buffer.release();

    assertThatThrownBy(buffer::release).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(buffer::retain).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void shouldTakeEverySizeUpToTheLargestMessage() {
    PooledBufferSource source = PooledBufferSource.heap(0);

    for (int bytes : new int[] {0, 1, 4_096, 4_097, WireLimits.MAX_MESSAGE_BYTES}) {
      assertThat(source.allocate(bytes).buffer().remaining()).isEqualTo(bytes);
    }
    assertThatThrownBy(() -> source.allocate(WireLimits.MAX_MESSAGE_BYTES + 1))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
