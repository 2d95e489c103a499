from django.urls import path

from policy import views

urlpatterns = [
    path("responses/<uuid:pk>/", views.ResponseDetail.as_view(), name="policy_response"),
    path("responses/<uuid:pk>/sealed/<int:round>/", views.SealedResponseDownload.as_view(), name="sealed_response"),
    path("law/<uuid:pk>/", views.ProvisionDetail.as_view(), name="legal_provision"),
]
