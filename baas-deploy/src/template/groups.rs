//! The groups that kinds of OpenShift have since their API has groups.

/// Returns the group of a kind that once was in `v1` without one.
///
/// Facts from openshift/library-go, `pkg/legacyapi/legacygroupification`.
pub(crate) fn group_of_legacy_kind(kind: &str) -> Option<&'static str> {
    let group = match kind {
        "DeploymentConfig"
        | "DeploymentConfigList"
        | "DeploymentConfigRollback"
        | "DeploymentLog"
        | "DeploymentRequest" => "apps.openshift.io",
        "ClusterRole"
        | "ClusterRoleBinding"
        | "ClusterRoleBindingList"
        | "ClusterRoleList"
        | "LocalResourceAccessReview"
        | "LocalSubjectAccessReview"
        | "ResourceAccessReview"
        | "Role"
        | "RoleBinding"
        | "RoleBindingList"
        | "RoleBindingRestriction"
        | "RoleBindingRestrictionList"
        | "RoleList"
        | "SelfSubjectRulesReview"
        | "SubjectAccessReview"
        | "SubjectRulesReview" => "authorization.openshift.io",
        "BinaryBuildRequestOptions"
        | "Build"
        | "BuildConfig"
        | "BuildConfigList"
        | "BuildList"
        | "BuildLog"
        | "BuildRequest" => "build.openshift.io",
        "Image" | "ImageList" | "ImageSignature" | "ImageStream" | "ImageStreamImage"
        | "ImageStreamImport" | "ImageStreamList" | "ImageStreamMapping" | "ImageStreamTag"
        | "ImageStreamTagList" => "image.openshift.io",
        "ClusterNetwork"
        | "ClusterNetworkList"
        | "EgressNetworkPolicy"
        | "EgressNetworkPolicyList"
        | "HostSubnet"
        | "HostSubnetList"
        | "NetNamespace"
        | "NetNamespaceList" => "network.openshift.io",
        "OAuthAccessToken"
        | "OAuthAccessTokenList"
        | "OAuthAuthorizeToken"
        | "OAuthAuthorizeTokenList"
        | "OAuthClient"
        | "OAuthClientAuthorization"
        | "OAuthClientAuthorizationList"
        | "OAuthClientList" => "oauth.openshift.io",
        "Project" | "ProjectList" | "ProjectRequest" => "project.openshift.io",
        "AppliedClusterResourceQuota"
        | "AppliedClusterResourceQuotaList"
        | "ClusterResourceQuota"
        | "ClusterResourceQuotaList" => "quota.openshift.io",
        "Route" | "RouteList" => "route.openshift.io",
        "PodSecurityPolicyReview"
        | "PodSecurityPolicySelfSubjectReview"
        | "PodSecurityPolicySubjectReview"
        | "SecurityContextConstraints"
        | "SecurityContextConstraintsList" => "security.openshift.io",
        "Template" | "TemplateList" => "template.openshift.io",
        "Group"
        | "GroupList"
        | "Identity"
        | "IdentityList"
        | "User"
        | "UserIdentityMapping"
        | "UserList" => "user.openshift.io",
        _ => return None,
    };
    Some(group)
}
