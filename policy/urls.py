from django.urls import path

from policy.views import board, parts, provisions, responses, steps

urlpatterns = [
    path("responses/", responses.ResponseList.as_view(), name="responses"),
    path("responses/board/", board.ResponseBoard.as_view(), name="response_board"),
    path("incidents/<uuid:pk>/respond/", responses.Respond.as_view(), name="respond"),
    path("incidents/<uuid:pk>/respond/<slug:kind>/", responses.ResponseAdd.as_view(), name="response_add"),
    path("responses/<uuid:pk>/", responses.ResponseDetail.as_view(), name="policy_response"),
    path("responses/<uuid:pk>/gate/", responses.GatePartial.as_view(), name="response_gate"),
    path("responses/<uuid:pk>/edit/", responses.ResponseEdit.as_view(), name="response_edit"),
    path("responses/<uuid:pk>/own-fields/", responses.OwnFields.as_view(), name="response_own_fields"),
    path("responses/<uuid:pk>/move/", board.ResponseMove.as_view(), name="response_move"),
    path("responses/<uuid:pk>/sealed/<int:round>/", responses.SealedResponseDownload.as_view(), name="sealed_response"),
    # Its parts
    path("responses/<uuid:pk>/answer/", parts.IncidentAdd.as_view(), name="answered_incident_add"),
    path("responses/<uuid:pk>/rest/", parts.GroundAdd.as_view(), name="response_ground_add"),
    path("responses/<uuid:pk>/list/", parts.TargetAdd.as_view(), name="sanction_target_add"),
    path("responses/<uuid:pk>/rely/", parts.ProvisionRely.as_view(), name="relied_provision_add"),
    path("responses/<uuid:pk>/cite/", parts.CitationAdd.as_view(), name="response_citation_add"),
    path("responses/<uuid:pk>/rights/<slug:question>/", parts.RightsSet.as_view(), name="rights_answer_set"),
    path("responses/<uuid:pk>/observe/", parts.OutcomeAdd.as_view(), name="outcome_add"),
    path("relied-provisions/<uuid:pk>/edit/", parts.ReliedEdit.as_view(), name="relied_provision_edit"),
    path("answered-incidents/<uuid:pk>/withdraw/", parts.IncidentWithdraw.as_view(), name="answered_incident_withdraw"),
    path("response-grounds/<uuid:pk>/withdraw/", parts.GroundWithdraw.as_view(), name="response_ground_withdraw"),
    path("sanction-targets/<uuid:pk>/withdraw/", parts.TargetWithdraw.as_view(), name="sanction_target_withdraw"),
    path("relied-provisions/<uuid:pk>/withdraw/", parts.ReliedWithdraw.as_view(), name="relied_provision_withdraw"),
    path("response-citations/<uuid:pk>/withdraw/", parts.CitationWithdraw.as_view(), name="response_citation_withdraw"),
    path("outcomes/<uuid:pk>/withdraw/", parts.OutcomeWithdraw.as_view(), name="outcome_withdraw"),
    # Its steps
    path("responses/<uuid:pk>/submit/", steps.Submit.as_view(), name="response_submit"),
    path("responses/<uuid:pk>/conclude/", steps.Conclude.as_view(), name="response_conclude"),
    path("responses/<uuid:pk>/approve/", steps.Approve.as_view(), name="response_approve"),
    path("responses/<uuid:pk>/return/", steps.Return.as_view(), name="response_return"),
    path("responses/<uuid:pk>/decline/", steps.Decline.as_view(), name="response_decline"),
    path("responses/<uuid:pk>/put-in-force/", steps.PutInForce.as_view(), name="response_put_in_force"),
    path("responses/<uuid:pk>/complete/", steps.Complete.as_view(), name="response_complete"),
    path("responses/<uuid:pk>/lift/", steps.Lift.as_view(), name="response_lift"),
    path("responses/<uuid:pk>/withdraw/", steps.Withdraw.as_view(), name="response_withdraw"),
    path("responses/<uuid:pk>/confirm-basis/", steps.ConfirmBasis.as_view(), name="response_confirm_basis"),
    path("response-reviews/<uuid:pk>/answer/", steps.Answer.as_view(), name="response_review_answer"),
    # The legal library
    path("law/", provisions.ProvisionList.as_view(), name="legal_provisions"),
    path("law/add/", provisions.ProvisionAdd.as_view(), name="legal_provision_add"),
    path("law/<uuid:pk>/", provisions.ProvisionDetail.as_view(), name="legal_provision"),
    path("law/<uuid:pk>/edit/", provisions.ProvisionEdit.as_view(), name="legal_provision_edit"),
    path("law/<uuid:pk>/withdraw/", provisions.ProvisionWithdraw.as_view(), name="legal_provision_withdraw"),
]
