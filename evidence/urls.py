from django.urls import path

from evidence import views

urlpatterns = [
    path("sources/", views.SourceList.as_view(), name="sources"),
    path("sources/add/", views.SourceAdd.as_view(), name="source_add"),
    path("sources/<uuid:pk>/", views.SourceDetail.as_view(), name="source"),
    path("sources/<uuid:pk>/edit/", views.SourceEdit.as_view(), name="source_edit"),
    path("sources/<uuid:pk>/regrade/", views.SourceRegrade.as_view(), name="source_regrade"),
    path("sources/<uuid:pk>/withdraw/", views.SourceWithdraw.as_view(), name="source_withdraw"),
    path("evidence/", views.ItemList.as_view(), name="evidence_items"),
    path("evidence/add/", views.ItemAdd.as_view(), name="evidence_item_add"),
    path("evidence/<uuid:pk>/", views.ItemDetail.as_view(), name="evidence_item"),
    path("evidence/<uuid:pk>/text/", views.ItemText.as_view(), name="evidence_item_text"),
    path("evidence/<uuid:pk>/edit/", views.ItemEdit.as_view(), name="evidence_item_edit"),
    path("evidence/<uuid:pk>/regrade/", views.ItemRegrade.as_view(), name="evidence_item_regrade"),
    path("evidence/<uuid:pk>/said/", views.ItemGradeSaid.as_view(), name="evidence_item_grade_said"),
    path("evidence/<uuid:pk>/grade-blind/", views.GradingAdd.as_view(), name="grading_add"),
    path("gradings/<uuid:pk>/withdraw/", views.GradingWithdraw.as_view(), name="grading_withdraw"),
    path("evidence/<uuid:pk>/confirmed-by/", views.ConfirmationAdd.as_view(), name="confirmation_add"),
    path("confirmations/<uuid:pk>/withdraw/", views.ConfirmationWithdraw.as_view(), name="confirmation_withdraw"),
    path("evidence/<uuid:pk>/withdraw/", views.ItemWithdraw.as_view(), name="evidence_item_withdraw"),
    path("evidence/<uuid:pk>/supersede/", views.ItemSupersede.as_view(), name="evidence_item_supersede"),
    path("evidence/<uuid:pk>/files/", views.BytesAdd.as_view(), name="stored_file_add"),
    path("evidence/<uuid:pk>/repeats/", views.DerivationAdd.as_view(), name="derivation_add"),
    path("derivations/<uuid:pk>/withdraw/", views.DerivationWithdraw.as_view(), name="derivation_withdraw"),
    path("pages/<uuid:pk>/mark/", views.PassageMark.as_view(), name="passage_mark"),
    path("passages/<uuid:pk>/anchor/", views.PassageReanchor.as_view(), name="passage_reanchor"),
    path("passages/<uuid:pk>/withdraw/", views.PassageWithdraw.as_view(), name="passage_withdraw"),
    path("time-stamps/<uuid:pk>/", views.TimeStampDownload.as_view(), name="time_stamp_answer"),
    path("expungings/<uuid:pk>/", views.FileDownload.as_view(), name="expunging"),
    path("files/<uuid:pk>/", views.FileDownload.as_view(), name="stored_file"),
]
