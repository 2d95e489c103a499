from django.urls import path

from exchange import views, views_sharing

urlpatterns = [
    path("attributions/<uuid:pk>/dossier/", views.DossierDownload.as_view(), name="dossier"),
    path("attributions/<uuid:pk>/release/", views.ReleaseAdd.as_view(), name="release_add"),
    path("responses/<uuid:pk>/text/", views.ResponseText.as_view(), name="response_text"),
    path("evidence/<uuid:pk>/custody/", views.CustodyReport.as_view(), name="custody_report"),
    path("releases/", views.ReleaseList.as_view(), name="releases"),
    path("releases/<uuid:pk>/", views.ReleaseDetail.as_view(), name="release"),
    path("releases/<uuid:pk>/content/", views.ReleaseDownload.as_view(), name="release_content"),
    path("releases/<uuid:pk>/withdraw/", views.ReleaseWithdraw.as_view(), name="release_withdraw"),
    path("calendar/<str:secret>.ics", views.calendar, name="calendar"),
    path("responses/<uuid:pk>/share/", views_sharing.ProductShare.as_view(), name="sharing_add"),
    path("sharings/<uuid:pk>/", views_sharing.SharingDetail.as_view(), name="sharing"),
    path("sharings/<uuid:pk>/content/", views_sharing.SharingDownload.as_view(), name="sharing_content"),
    path("sharings/<uuid:pk>/recall/", views_sharing.SharingRecall.as_view(), name="sharing_recall"),
    path("verify_packet.py", views.ScriptDownload.as_view(), name="verify_packet"),
]
