// The module that the type of OpenShift's routes is published in, as a CRD. Nothing is compiled.
module route-crd

go 1.24.0

require github.com/openshift/api v0.0.0-20250725072657-92b1455121e1
