package dev.leat.operator.reconcile;

import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.Singular;
import io.fabric8.kubernetes.model.annotation.Version;
import java.util.Map;
import org.jspecify.annotations.NullUnmarked;

/** A Cluster as the framework carries it; {@link ClusterObjects} makes a {@code Cluster} of it. */
@Group("leat.dev")
@Version("v1alpha1")
@Kind("Cluster")
@Plural("clusters")
@Singular("cluster")
@NullUnmarked
public class ClusterObject extends CustomResource<Map<String, Object>, Map<String, Object>>
    implements Namespaced {
  private static final long serialVersionUID = 1L;

  @Override
  protected Map<String, Object> initSpec() {
    return null;
  }

  @Override
  protected Map<String, Object> initStatus() {
    return null;
  }
}
